// The page to try the model. Whatever came from a person goes through textContent, never through HTML.
const $ = (id) => document.getElementById(id);
const text = $("text");
const quietMilliseconds = 400;
const settledMilliseconds = 1500;
const examples = [
  ["en", "Three hours late 😡", "Three hours late and not one word from the crew. Never again @AirParadis 😡"],
  ["en", "Lovely crew 😊", "Lovely crew, smooth flight and my bag came out first. Thank you! 😊"],
  ["fr", "Bagage perdu…", "Bagage perdu depuis 4 jours et personne ne répond. C'est honteux #AirParadis"],
  ["fr", "Merci à l'équipage ❤️", "Merci à l'équipage du vol pour Nice, vous avez été adorables ❤️"],
  ["en", "Not the worst, but…", "Not the worst airline, but the seat was broken and the coffee cold"],
];
const labels = { negative: "Negative", neutral: "Neutral", positive: "Positive" };
const signs = { negative: "−", neutral: "○", positive: "+" };
const recent = [];
let asking = null;
let waiting = 0;
let settling = 0;
let askAgainAt = 0;

function element(tag, className, content) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (content !== undefined) made.textContent = content;
  return made;
}

const percent = (share) => `${(100 * share).toFixed(share > 0.995 && share < 1 ? 1 : 0)} %`;
const signed = (number) => (number < 0 ? "−" : "+") + Math.abs(number).toFixed(2);

// In this tab's memory and nowhere else: never in the address, never in a cookie, which browsers would send on behalf of other pages.
const keyStore = "vigie-key";
let key = sessionStorage.getItem(keyStore) ?? "";
let asksForKeys = key !== "";

const credentials = () => (key ? { "X-API-Key": key } : {});

function askForKey(detail) {
  asksForKeys = true;
  $("key-card").hidden = false;
  $("key-problem").textContent = key ? detail : "";
  $("forget-key").hidden = !key;
  $("curl").textContent = curl(text.value || examples[0][2]);
}

function setKey(typed) {
  if (typed && !/^[!-~]+$/.test(typed)) {
    $("key-problem").textContent = "A key has letters, digits and signs of ASCII only.";
    return;
  }
  key = typed;
  if (key) sessionStorage.setItem(keyStore, key);
  else sessionStorage.removeItem(keyStore);
  $("key").value = "";
  $("key-problem").textContent = "";
  $("forget-key").hidden = !key;
  answerTyping();
  describeModel();
}

class Refused extends Error {
  constructor(detail, retryAfter) {
    super(detail);
    this.milliseconds = 1000 * Math.max(1, Number(retryAfter) || 1);
  }
}

async function ask(tweet) {
  asking?.abort();
  asking = new AbortController();
  const response = await fetch("predict", {
    method: "POST",
    headers: { "Content-Type": "application/json", "Vigie-Record": "no", ...credentials() }, // half-typed texts are nobody's tweets
    body: JSON.stringify({ text: tweet, explain: true }),
    signal: asking.signal,
  });
  const answer = await response.json();
  if (response.status === 401 || response.status === 403) askForKey(answer.detail);
  else if (response.ok && key) $("key-problem").textContent = "";
  if (response.status === 429) throw new Refused(answer.detail, response.headers.get("Retry-After"));
  if (!response.ok) throw new Error(response.status === 401 && !key ? "Give your API key above, and the answer follows." : answer.detail);
  return answer;
}

async function answerTyping() {
  const tweet = text.value;
  if (!tweet.trim()) return rest();
  const early = askAgainAt - performance.now();
  if (early > 0) return wait(early);
  try {
    const answer = await ask(tweet);
    if (tweet !== text.value) return;
    show(tweet, answer);
    clearTimeout(settling);
    settling = setTimeout(() => settle(tweet, answer), settledMilliseconds);
  } catch (failure) {
    if (failure.name === "AbortError") return;
    if (failure instanceof Refused) {
      askAgainAt = performance.now() + failure.milliseconds;
      return wait(failure.milliseconds);
    }
    $("problem").textContent = failure instanceof TypeError ? "The server does not answer. Is it still running?" : failure.message;
    $("problem").hidden = false;
    stale(true);
  }
}

// The server has had enough for now, and has said until when; the answer follows by itself.
function wait(milliseconds) {
  stale(true);
  $("problem").hidden = true;
  $("sure").textContent = `That was a lot at once: the answer follows in ${Math.ceil(milliseconds / 1000)} s.`;
  clearTimeout(waiting);
  waiting = setTimeout(answerTyping, milliseconds);
}

function typed(event) {
  $("clear").hidden = text.value === "";
  $("count").textContent = text.value ? `${[...text.value].length} characters` : "";
  $("curl").textContent = curl(text.value || examples[0][2]);
  clearTimeout(waiting);
  clearTimeout(settling);
  if (event.inputType === "insertFromPaste" || event.inputType === "insertFromDrop") answerTyping(); // nobody is typing on
  else waiting = setTimeout(answerTyping, quietMilliseconds);
}

function put(tweet) {
  text.value = tweet;
  typed({ inputType: "insertFromPaste" });
}

function stale(is) {
  document.querySelector(".answer").classList.toggle("stale", is);
  document.querySelector(".words").classList.toggle("stale", is);
}

function rest() {
  asking?.abort();
  stale(false);
  $("verdict").dataset.label = "none";
  $("label").textContent = "…";
  $("sure").textContent = "Type, and the answer follows as you go.";
  $("classes").replaceChildren();
  $("unknown").hidden = $("problem").hidden = $("legend").hidden = $("reasons-title").hidden = true;
  $("marked").replaceChildren(element("span", "empty", "They will be marked here: the stronger the colour, the more a word counted."));
  $("reasons").replaceChildren();
  $("sum").textContent = "";
}

function show(tweet, answer) {
  stale(false);
  $("problem").hidden = true;
  $("verdict").dataset.label = answer.unknown ? "none" : answer.label;
  $("label").textContent = answer.unknown ? "No idea" : labels[answer.label];
  $("sure").textContent = answer.unknown ? "The model knows none of these words." : `${percent(answer.confidence)} sure`;
  $("unknown").hidden = !answer.unknown && answer.unknown_share < 0.5;
  $("unknown").textContent = answer.unknown
    ? "These are just the shares of each sentiment in its training tweets."
    : `It has never seen ${percent(answer.unknown_share)} of these words, so take this with care.`;
  showClasses(answer.probabilities);
  showWords(tweet, answer.explain);
}

function showClasses(probabilities) {
  const rows = Object.entries(probabilities);
  const list = $("classes");
  if (list.children.length !== 2 * rows.length) {
    list.replaceChildren(...rows.flatMap(([name]) => {
      const value = element("dd");
      const bar = element("span", "bar");
      bar.append(element("span", `fill ${name}`));
      value.append(bar, element("span", "percent"));
      return [element("dt", "", labels[name]), value];
    }));
  }
  rows.forEach(([, share], i) => {
    const value = list.children[2 * i + 1];
    value.querySelector(".fill").style.setProperty("--share", share);
    value.querySelector(".percent").textContent = percent(share);
  });
}

// Tokens that cover the same characters (the parts of a hashtag) are shown as one.
function spans(words) {
  const merged = [];
  for (const word of words) {
    const last = merged.at(-1);
    if (last && word.start < last.end) {
      last.end = Math.max(last.end, word.end);
      last.contribution += word.contribution;
      last.known ||= word.known;
    } else if (word.end > word.start) {
      merged.push({ ...word });
    }
  }
  return merged;
}

function showWords(tweet, explain) {
  // Of two classes the positive is explained; of three, the one decided for. Blue is always towards the good side.
  const flip = explain.class === "negative" ? -1 : 1;
  const aside = explain.class === "neutral";
  $("legend-for").textContent = aside ? "towards neutral" : "towards positive";
  $("legend-against").textContent = aside ? "away from neutral" : "towards negative";
  $("legend").hidden = false;

  const words = spans(explain.words).map((word) => ({ ...word, pull: flip * word.contribution }));
  const strongest = Math.max(0.25, ...words.map((word) => Math.abs(word.pull)));
  const pieces = [];
  let at = 0;
  for (const word of words) {
    pieces.push(document.createTextNode(tweet.slice(at, word.start)));
    pieces.push(mark(word, tweet.slice(word.start, word.end), strongest));
    at = word.end;
  }
  pieces.push(document.createTextNode(tweet.slice(at)));
  $("marked").replaceChildren(...pieces);

  const reasons = words.filter((word) => Math.abs(word.pull) >= 0.005).sort((a, b) => Math.abs(b.pull) - Math.abs(a.pull)).slice(0, 8);
  $("reasons").replaceChildren(...reasons.map((word) => reason(word, tweet.slice(word.start, word.end), strongest)));
  $("reasons-title").hidden = reasons.length === 0;
  $("sum").textContent = reasons.length
    ? `All words ${signed(flip * (explain.score - explain.intercept))}, the model's own lean ${signed(flip * explain.intercept)}: ${signed(flip * explain.score)} in all.${explain.words_left_out ? ` The last ${explain.words_left_out} words are not explained: the text is long.` : ""}`
    : "";
}

function mark(word, said, strongest) {
  const weight = Math.abs(word.pull) / strongest;
  const visible = weight >= 0.04;
  const made = element("span", visible ? `word ${side(word)}` : word.known ? "" : "word unseen", said);
  if (visible) made.style.setProperty("--weight", Math.max(0.12, weight).toFixed(3));
  made.title = word.pull !== 0 ? `${signed(word.pull)}${word.known ? "" : ", the word itself never seen"}` : word.known ? "counts for nothing here" : "never seen in training";
  return made;
}

const side = (word) => (word.pull < 0 ? "negative" : "positive");

function reason(word, said, strongest) {
  const item = element("li");
  const name = element("span", "name", said);
  name.title = said;
  const pull = element("span", "pull");
  const bar = element("i", side(word));
  bar.style.setProperty("--weight", (Math.abs(word.pull) / strongest).toFixed(3));
  pull.append(bar);
  item.append(name, pull, element("span", "value", signed(word.pull)));
  return item;
}

// Said aloud and remembered only once the typing has come to rest.
function settle(tweet, answer) {
  $("spoken").textContent = answer.unknown ? "No idea: the model knows none of these words" : `${labels[answer.label]}, ${percent(answer.confidence)} sure`;
  if (recent[0]?.tweet === tweet) return;
  const before = recent.findIndex((entry) => entry.tweet === tweet);
  if (before >= 0) recent.splice(before, 1);
  recent.unshift({ tweet, answer });
  recent.length = Math.min(recent.length, 6);
  $("recent-card").hidden = false;
  $("recent").replaceChildren(...recent.map((entry) => {
    const item = element("li");
    const button = element("button");
    button.type = "button";
    const { label, confidence, unknown } = entry.answer;
    button.append(
      element("span", unknown ? "found neutral" : `found ${label}`, unknown ? "? unknown" : `${signs[label]} ${percent(confidence)}`),
      element("span", "said", entry.tweet));
    button.addEventListener("click", () => put(entry.tweet));
    item.append(button);
    return item;
  }));
}

function curl(tweet) {
  const quoted = JSON.stringify({ text: tweet }).replaceAll("'", "'\\''");
  return `curl ${new URL("predict", location.href)} \\\n  -H 'Content-Type: application/json' \\\n${asksForKeys ? `  -H "X-API-Key: $VIGIE_KEY" \\\n` : ""}  -d '${quoted}'`;
}

async function showModel() {
  const response = await fetch("model/info", { headers: credentials() });
  const model = await response.json();
  if (response.status === 401) askForKey(model.detail);
  if (!response.ok) {
    $("model").textContent = response.status === 401 ? "" : model.detail;
    return;
  }
  const tested = model.test ?? model.validation;
  $("model").textContent = [
    `${model.name}${model.version ? ` version ${model.version}` : ""}`,
    model.recipe,
    tested?.f1_macro != null ? `macro F1 ${tested.f1_macro.toFixed(3)} on ${tested.rows.toLocaleString("en")} tweets` : null,
    `${model.features.toLocaleString("en")} features`,
    model.digest.slice(0, 12),
  ].filter(Boolean).join(" · ");
}

$("examples").append(...examples.map(([language, caption, tweet]) => {
  const item = element("li");
  const button = element("button", "", caption);
  button.type = "button";
  button.lang = language;
  button.title = tweet;
  button.addEventListener("click", () => put(tweet));
  item.append(button);
  return item;
}));
text.addEventListener("input", typed);
$("clear").addEventListener("click", () => {
  put("");
  text.focus();
});
$("copy").addEventListener("click", async () => {
  await navigator.clipboard.writeText($("curl").textContent);
  $("copy").textContent = "Copied";
  setTimeout(() => { $("copy").textContent = "Copy"; }, settledMilliseconds);
});
const describeModel = () => showModel().catch(() => { $("model").textContent = "The server does not answer."; });
$("use-key").addEventListener("click", () => setKey($("key").value.trim()));
$("key").addEventListener("keydown", (event) => { if (event.key === "Enter") setKey($("key").value.trim()); });
$("forget-key").addEventListener("click", () => setKey(""));
typed({});
describeModel();
