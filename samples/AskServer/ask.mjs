// Asks a server for predictions, and corrects one, with what every JavaScript runtime has.
//   vigie serve --model out/m
//   node samples/AskServer/ask.mjs
// VIGIE_URL names another server, VIGIE_API_KEY holds a key where it wants one.
const url = (process.env.VIGIE_URL ?? 'http://127.0.0.1:5199').replace(/\/$/, '');
const key = process.env.VIGIE_API_KEY;

async function post(path, body) {
  const headers = { 'Content-Type': 'application/json', ...(key && { Authorization: `Bearer ${key}` }) };
  const answer = await fetch(`${url}/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.detail);
  return said;
}

try {
  const one = await post('predict', { text: 'Three hours late and nobody tells us anything' });
  console.log(`${one.label} with ${Math.round(100 * one.confidence)} %, says ${one.model.name}`);
  for (const each of await post('predict/batch', ['Lovely crew, thank you', 'Lost my bag again'])) {
    console.log(each.label, each.probability_positive.toFixed(2));
  }
  const correction = { prediction_id: one.prediction_id, label: 'negative', reporter: 'me', comment: 'a sample' };
  console.log('corrected:', (await post('feedback', correction)).feedback_id);
} catch (failure) {
  console.error(`${url}: ${failure.cause?.message ?? failure.message}`);
  process.exitCode = 1;
}
