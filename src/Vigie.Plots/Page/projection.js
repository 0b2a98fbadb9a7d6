'use strict';
{
  const data = JSON.parse(document.getElementById('data').textContent);
  const $ = id => document.getElementById(id);
  const { labels, groups, group, explained, dimensions } = data;
  // In the page's language: '{0}' stands for what is put in.
  const say = (text, ...parts) => parts.reduce((said, part, i) => said.replace('{' + i + '}', part), data.words?.[text] ?? text);
  const count = labels.length, axes = [data.x, data.y, ...(dimensions > 2 ? [data.z] : [])];
  const percent = share => (100 * share).toFixed(1) + ' %';
  const number = value => value.toLocaleString(document.documentElement.lang);
  const shapes = ['circle', 'square', 'triangle', 'diamond', 'cross', 'ring'];

  // One scale for all axes, so that distances stay true: the farthest point stands at 1.
  let reach = 0;
  for (const axis of axes) for (const value of axis) reach = Math.max(reach, Math.abs(value));
  const at = axes.map(axis => Float32Array.from(axis, value => value / (reach || 1)));
  // What is shown at first: all but the farthest few, which would make the rest a dot.
  const box = at.map(axis => {
    const sorted = Float32Array.from(axis).sort(), rest = count < 200 ? 0 : Math.floor(count / 200), [low, high] = [sorted[rest], sorted[count - 1 - rest]];
    return [Math.min(0, low), Math.max(0, high)].map(v => v + (rest ? Math.sign(v) * 0.06 * (high - low) : 0));
  });

  // In three dimensions one turns about the middle of the box.
  const middle = box.map(([low, high]) => (low + high) / 2), radius = Math.hypot(...box.map(([low, high]) => (high - low) / 2)) || 1;

  const canvas = $('plot'), context = canvas.getContext('2d');
  const shown = groups.map(() => true), match = new Uint8Array(count).fill(1);
  const px = new Float32Array(count), py = new Float32Array(count), depth = new Float32Array(count);
  let deep = dimensions > 2, searching = false, hovered = -1, chosen = -1, matches = [];
  let width = 0, height = 0, ratio = 1, zoom = 1, panX = 0, panY = 0, turn, colours, sprites, waiting = false;

  const visible = i => groups.length === 0 || shown[group[i]];
  const words = text => text.length > 90 ? text.slice(0, 88) + '…' : text;

  // --- view

  function reset() {
    [zoom, panX, panY] = [1, 0, 0];
    turn = [1, 0, 0, 0, 1, 0, 0, 0, 1];
    rotate(-0.62, 0.42);
    if (!deep) {
      panX = -(box[0][0] + box[0][1]) / 2;
      panY = -(box[1][0] + box[1][1]) / 2;
      const high = Math.max(box[0][1] - box[0][0], 1e-9), tall = Math.max(box[1][1] - box[1][0], 1e-9);
      zoom = Math.min(1.84 * width / high, 1.84 * height / tall) / (Math.min(width, height) || 1);
    }
    draw();
  }

  // About the screen's own axes, whatever was turned before.
  function rotate(yaw, pitch) {
    const [cy, sy, cx, sx] = [Math.cos(yaw), Math.sin(yaw), Math.cos(pitch), Math.sin(pitch)];
    const by = (m, t) => [0, 3, 6].flatMap(r => [0, 1, 2].map(c => m[r] * t[c] + m[r + 1] * t[c + 3] + m[r + 2] * t[c + 6]));
    turn = by([1, 0, 0, 0, cx, -sx, 0, sx, cx], by([cy, 0, sy, 0, 1, 0, -sy, 0, cy], turn));
  }

  function place(x, y, z) {
    const size = Math.min(width, height) * (deep ? 0.52 : 0.5) * zoom;
    if (!deep) return [width / 2 + (x + panX) * size, height / 2 - (y + panY) * size, 0];
    x = (x - middle[0]) / radius;
    y = (y - middle[1]) / radius;
    z = (z - middle[2]) / radius;
    const far = turn[6] * x + turn[7] * y + turn[8] * z;
    const near = 4.5 / (4.5 - far);
    return [width / 2 + panX * width / 2 + (turn[0] * x + turn[1] * y + turn[2] * z) * size * near, height / 2 - panY * height / 2 - (turn[3] * x + turn[4] * y + turn[5] * z) * size * near, far];
  }

  function zoomAt(factor, x, y) {
    factor = Math.min(Math.max(factor, 0.2 / zoom), 200 / zoom);
    if (deep) {
      const [midX, midY] = [width / 2, height / 2];
      panX = (x - (x - midX - panX * midX) * factor - midX) / midX;
      panY = -(y - (y - midY + panY * midY) * factor - midY) / midY;
    } else {
      const size = Math.min(width, height) * 0.5 * zoom;
      panX += (x - width / 2) / size * (1 / factor - 1);
      panY -= (y - height / 2) / size * (1 / factor - 1);
    }
    zoom *= factor;
    draw();
  }

  function move(dx, dy) {
    if (deep) {
      panX += dx / (width / 2);
      panY -= dy / (height / 2);
    } else {
      const size = Math.min(width, height) * 0.5 * zoom;
      panX += dx / size;
      panY -= dy / size;
    }
    draw();
  }

  // --- drawing

  function paint(pen, shape, x, y, r) {
    pen.beginPath();
    switch (shape) {
      case 'square': pen.rect(x - r * .86, y - r * .86, r * 1.72, r * 1.72); break;
      case 'triangle': pen.moveTo(x, y - r * 1.15); pen.lineTo(x + r * 1.06, y + r * .8); pen.lineTo(x - r * 1.06, y + r * .8); pen.closePath(); break;
      case 'diamond': pen.moveTo(x, y - r * 1.25); pen.lineTo(x + r * 1.1, y); pen.lineTo(x, y + r * 1.25); pen.lineTo(x - r * 1.1, y); pen.closePath(); break;
      case 'cross': pen.rect(x - r * 1.1, y - r * .4, r * 2.2, r * .8); pen.rect(x - r * .4, y - r * 1.1, r * .8, r * 2.2); break;
      case 'ring': pen.arc(x, y, r * 1.05, 0, 7); pen.arc(x, y, r * .5, 7, 0, true); break;
      default: pen.arc(x, y, r, 0, 7);
    }
    pen.fill();
  }

  function sprite(shape, colour, r) {
    const picture = document.createElement('canvas');
    picture.width = picture.height = Math.ceil(3 * r * ratio) + 2;
    const pen = picture.getContext('2d'), centre = picture.width / 2;
    pen.fillStyle = colours.card;
    paint(pen, shape, centre, centre, (r + 0.9) * ratio);
    pen.fillStyle = colour;
    paint(pen, shape, centre, centre, r * ratio);
    return picture;
  }

  function readColours() {
    const style = getComputedStyle(document.documentElement), of = name => style.getPropertyValue('--' + name).trim();
    colours = Object.fromEntries(['card', 'ink', 'soft', 'line', 'grid', 'link', 'halo'].map(name => [name, of(name)]));
    const tones = groups.length ? groups.map((name, i) => of(name) || of('g' + i % 6)) : [of('g0')];
    const dot = count > 8000 ? 2.2 : count > 1500 ? 3.1 : count > 300 ? 4 : 5;
    sprites = tones.map((tone, i) => {
      const shape = shapes[i % shapes.length];
      return { tone, shape, small: sprite(shape, tone, dot * .8), usual: sprite(shape, tone, dot), large: sprite(shape, tone, dot * 1.35), found: sprite(shape, tone, dot * 1.7) };
    });
    [...$('legend').querySelectorAll('canvas')].forEach((mark, i) => {
      mark.width = mark.height = 36;
      const pen = mark.getContext('2d');
      pen.fillStyle = sprites[i].tone;
      paint(pen, sprites[i].shape, 18, 18, 11);
    });
  }

  function draw() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; render(); });
  }

  function render() {
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    deep ? frame() : grid();
    for (let i = 0; i < count; i++) [px[i], py[i], depth[i]] = place(at[0][i], at[1][i], deep ? at[2][i] : 0);
    context.setTransform(1, 0, 0, 1, 0, 0);
    for (const i of order()) {
      if (!visible(i) || px[i] < -20 || py[i] < -20 || px[i] > width + 20 || py[i] > height + 20) continue;
      const kind = sprites[groups.length ? group[i] : 0];
      const hit = searching && match[i];
      const picture = hit ? kind.found : !deep ? kind.usual : depth[i] > 0.2 ? kind.large : depth[i] > -0.2 ? kind.usual : kind.small;
      context.globalAlpha = searching && !hit ? 0.13 : deep ? 0.62 + 0.3 * Math.max(-1, Math.min(1, 1.6 * depth[i])) : 0.85;
      context.drawImage(picture, Math.round(px[i] * ratio - picture.width / 2), Math.round(py[i] * ratio - picture.height / 2));
    }
    context.globalAlpha = 1;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (data.named) names();
    titles();
    for (const [i, colour] of [[hovered, colours.ink], [chosen, colours.link]]) {
      if (i < 0 || !visible(i)) continue;
      context.strokeStyle = colour;
      context.lineWidth = 2.5;
      context.beginPath();
      context.arc(px[i], py[i], 10, 0, 7);
      context.stroke();
    }
  }

  // Far points first: a counting sort by depth, found points last.
  function* order() {
    const levels = 256, level = i => searching && match[i] ? levels - 1 : deep ? Math.max(0, Math.min(levels - 2, Math.floor((depth[i] + 1) / 2 * (levels - 1)))) : 0;
    const starts = new Uint32Array(levels + 1), sorted = new Uint32Array(count);
    for (let i = 0; i < count; i++) starts[level(i) + 1]++;
    for (let l = 0; l < levels; l++) starts[l + 1] += starts[l];
    for (let i = 0; i < count; i++) sorted[starts[level(i)]++] = i;
    yield* sorted;
  }

  function title(a) { return (width < 560 ? 'C' : say('Component') + ' ') + (a + 1) + (explained[a] === undefined ? '' : ' · ' + percent(explained[a])); }

  function write(text, x, y, align, colour) {
    context.textAlign = align;
    context.lineWidth = 4;
    context.lineJoin = 'round';
    context.strokeStyle = colours.halo;
    context.strokeText(text, x, y);
    context.fillStyle = colour;
    context.fillText(text, x, y);
  }

  function grid() {
    const size = Math.min(width, height) * 0.5 * zoom, rough = 110 / size * reach, power = 10 ** Math.floor(Math.log10(rough || 1));
    const step = [1, 2, 5, 10].find(s => s * power >= rough) * power, digits = Math.max(0, -Math.floor(Math.log10(step)));
    context.font = '12px system-ui, sans-serif';
    for (const a of [0, 1]) {
      const value = p => a ? ((height / 2 - p) / size - panY) * reach : ((p - width / 2) / size - panX) * reach;
      const [low, high] = a ? [value(height), value(0)] : [value(0), value(width)];
      for (let v = Math.ceil(low / step) * step; v <= high; v += step) {
        const p = a ? height / 2 - (v / reach + panY) * size : width / 2 + (v / reach + panX) * size;
        context.strokeStyle = Math.abs(v) < step / 2 ? colours.soft : colours.grid;
        a ? line([0, p], [width, p]) : line([p, 0], [p, height]);
        const label = (Math.abs(v) < step / 2 ? 0 : v).toFixed(digits);
        if (a ? p > 30 && p < height - 40 : p > 60 && p < width - 24) a ? write(label, 8, p - 4, 'left', colours.soft) : write(label, p, height - 10, 'center', colours.soft);
      }
    }
  }

  function frame() {
    const corner = i => place(...[1, 2, 4].map((bit, a) => box[a][i & bit ? 1 : 0]));
    context.strokeStyle = colours.line;
    for (let i = 0; i < 8; i++) for (const bit of [1, 2, 4]) if (!(i & bit)) line(corner(i), corner(i | bit));
    context.strokeStyle = colours.soft;
    box.forEach(([low, high], a) => line(on(a, low), on(a, high)));
  }

  function on(a, value) { return place(...[0, 1, 2].map(one => one === a ? value : 0)); }

  // Over the points, so that none hides them.
  function titles() {
    context.font = '600 13px system-ui, sans-serif';
    if (!deep) {
      write(title(0) + ' →', width - 14, height - 28, 'right', colours.ink);
      write('↑ ' + title(1), 12, 22, 'left', colours.ink);
      return;
    }
    box.forEach(([, high], a) => {
      const [x, y] = on(a, high + 0.07 * radius);
      write(title(a), Math.min(Math.max(x, 84), width - 84), Math.min(Math.max(y, 18), height - 12), 'center', colours.ink);
    });
  }

  function line([x1, y1], [x2, y2]) {
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
    context.stroke();
  }

  // Names in the order of the data, the most frequent first, where they do not cover one another; closer in, more of them fit.
  function names() {
    const taken = new Set();
    let written = 0;
    context.font = '12.5px system-ui, sans-serif';
    const first = searching ? matches : null;
    for (let k = 0; k < (first ? first.length : count) && written < 220; k++) {
      const i = first ? first[k] : k;
      if (!visible(i) || px[i] < 0 || py[i] < 0 || px[i] > width || py[i] > height) continue;
      const wide = Math.ceil((context.measureText(labels[i]).width + 14) / 12), x = Math.floor(px[i] / 12), y = Math.floor(py[i] / 8), cells = [];
      for (let c = 0; c <= wide; c++) cells.push((x + c) * 4096 + y, (x + c) * 4096 + y + 1);
      if (cells.some(cell => taken.has(cell))) continue;
      cells.forEach(cell => taken.add(cell));
      write(labels[i], px[i] + 8, py[i] + 4, 'left', colours.ink);
      written++;
    }
  }

  // --- picking

  function nearestTo(x, y, most) {
    let best = -1, least = most * most;
    for (let i = 0; i < count; i++) {
      if (!visible(i) || (searching && !match[i] && matches.length)) continue;
      const d = (px[i] - x) ** 2 + (py[i] - y) ** 2 - (deep ? depth[i] : 0);
      if (d < least) [best, least] = [i, d];
    }
    return best;
  }

  function hover(i, x, y) {
    const tip = $('tip');
    hovered = i;
    tip.hidden = i < 0;
    if (i >= 0) {
      tip.replaceChildren(labels[i].length > 280 ? labels[i].slice(0, 278) + '…' : labels[i] || say('(no text)'));
      if (groups.length) tip.append(Object.assign(document.createElement('small'), { textContent: groups[group[i]] }));
      tip.style.left = Math.max(4, Math.min(x + 16, width - tip.offsetWidth - 8)) + 'px';
      tip.style.top = Math.max(4, y + 16 + tip.offsetHeight > height ? y - tip.offsetHeight - 12 : y + 16) + 'px';
    }
    draw();
  }

  function choose(i, bring) {
    chosen = i;
    $('chosen').hidden = i < 0;
    if (i >= 0) {
      $('chosen-text').textContent = labels[i] || say('(no text)');
      $('chosen-facts').textContent = [groups.length ? say(groups[group[i]]) : '', axes.map(axis => axis[i].toFixed(3)).join(', ')].filter(Boolean).join(' · ');
      const distance = other => at.slice(0, deep ? 3 : 2).reduce((sum, axis) => sum + (axis[other] - axis[i]) ** 2, 0);
      const near = [];
      for (let other = 0; other < count; other++) {
        if (other === i || !visible(other)) continue;
        const d = distance(other);
        if (near.length < 8 || d < near[near.length - 1][0]) {
          near.push([d, other]);
          near.sort((a, b) => a[0] - b[0]);
          near.length = Math.min(near.length, 8);
        }
      }
      $('near').replaceChildren(...near.map(([, other]) => {
        const item = document.createElement('li'), button = Object.assign(document.createElement('button'), { type: 'button', textContent: words(labels[other]) || say('(no text)') });
        button.addEventListener('click', () => choose(other, true));
        item.append(button);
        return item;
      }));
      if (bring && (px[i] < 20 || py[i] < 20 || px[i] > width - 20 || py[i] > height - 20)) move(width / 2 - px[i], height / 2 - py[i]);
    }
    draw();
  }

  function step(by) {
    const from = searching && matches.length ? matches.filter(visible) : Array.from({ length: count }, (_, i) => i).filter(visible);
    if (from.length === 0) return;
    const now = from.indexOf(chosen);
    choose(from[((now < 0 ? (by > 0 ? -1 : 0) : now) + by + from.length) % from.length], true);
  }

  // --- input

  const pointers = new Map();
  let moved = 0, apart = 0;
  canvas.addEventListener('pointerdown', e => {
    canvas.setPointerCapture(e.pointerId);
    pointers.set(e.pointerId, [e.offsetX, e.offsetY]);
    moved = apart = 0;
  });
  canvas.addEventListener('pointermove', e => {
    const before = pointers.get(e.pointerId);
    if (!before) return hover(nearestTo(e.offsetX, e.offsetY, 16), e.offsetX, e.offsetY);
    const [dx, dy] = [e.offsetX - before[0], e.offsetY - before[1]];
    pointers.set(e.pointerId, [e.offsetX, e.offsetY]);
    moved += Math.abs(dx) + Math.abs(dy);
    if (pointers.size === 2) {
      const [[x1, y1], [x2, y2]] = [...pointers.values()], now = Math.hypot(x1 - x2, y1 - y2);
      if (apart) zoomAt(now / apart, (x1 + x2) / 2, (y1 + y2) / 2);
      apart = now;
      move(dx / 2, dy / 2);
    } else if (deep && !e.shiftKey && e.buttons !== 2) {
      rotate(dx * 0.008, dy * 0.008);
      draw();
    } else {
      move(dx, dy);
    }
    if (moved > 4 && hovered >= 0) hover(-1);
  });
  const release = e => {
    if (pointers.delete(e.pointerId) && moved <= 4 && e.type === 'pointerup') choose(nearestTo(e.offsetX, e.offsetY, 16));
    apart = 0;
  };
  canvas.addEventListener('pointerup', release);
  canvas.addEventListener('pointercancel', release);
  canvas.addEventListener('pointerleave', () => hover(-1));
  canvas.addEventListener('contextmenu', e => e.preventDefault());
  canvas.addEventListener('wheel', e => {
    e.preventDefault();
    zoomAt(Math.exp(-e.deltaY * (e.deltaMode ? 0.05 : 0.0016)), e.offsetX, e.offsetY);
  }, { passive: false });
  canvas.addEventListener('keydown', e => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const turnBy = (x, y) => deep && !e.shiftKey ? (rotate(x * 0.12, y * 0.12), draw()) : move(-40 * x, -40 * y);
    const keys = {
      ArrowLeft: () => turnBy(-1, 0), ArrowRight: () => turnBy(1, 0), ArrowUp: () => turnBy(0, -1), ArrowDown: () => turnBy(0, 1),
      '+': () => zoomAt(1.25, width / 2, height / 2), '=': () => zoomAt(1.25, width / 2, height / 2), '-': () => zoomAt(0.8, width / 2, height / 2),
      0: reset, n: () => step(1), p: () => step(-1), Escape: () => choose(-1),
    };
    if (keys[e.key]) {
      e.preventDefault();
      keys[e.key]();
    }
  });

  $('search').addEventListener('input', () => {
    const wanted = $('search').value.trim().toLowerCase();
    searching = wanted.length > 0;
    matches = [];
    for (let i = 0; i < count; i++) if ((match[i] = !searching || labels[i].toLowerCase().includes(wanted) ? 1 : 0) && searching) matches.push(i);
    if (data.named) matches.sort((a, b) => (labels[b].toLowerCase() === wanted) - (labels[a].toLowerCase() === wanted));
    $('found').textContent = searching ? number(matches.length) + ' ' + say('of') + ' ' + number(count) + (matches.length ? say('; Enter selects the next') : '') : '';
    table();
    draw();
  });
  $('search').addEventListener('keydown', e => {
    if (e.key === 'Enter' && matches.length) step(e.shiftKey ? -1 : 1);
  });

  function dimension(three) {
    deep = three;
    $('flat').setAttribute('aria-pressed', String(!deep));
    $('deep').setAttribute('aria-pressed', String(deep));
    $('arrows').textContent = say(deep ? 'turn (with Shift: move)' : 'move');
    const touch = matchMedia('(pointer: coarse)').matches;
    $('mouse').textContent = say(deep ? (touch ? 'Drag turns, two fingers move and zoom.' : 'Drag turns, Shift and drag moves, the wheel zooms.') : touch ? 'Drag moves, two fingers zoom.' : 'Drag moves, the wheel zooms.');
    variance();
    reset();
    if (chosen >= 0) choose(chosen);
  }

  function variance() {
    const used = deep ? 3 : 2, all = Math.max(...explained, 1e-9);
    $('variance').replaceChildren(...explained.map((share, i) => {
      const row = document.createElement('li'), bar = Object.assign(document.createElement('span'), { className: 'bar' }), fill = document.createElement('i');
      row.className = i < used ? 'shown' : '';
      fill.style.width = 100 * share / all + '%';
      bar.append(fill);
      row.append(Object.assign(document.createElement('span'), { textContent: i + 1 }), bar, Object.assign(document.createElement('span'), { textContent: percent(share) }));
      return row;
    }));
    $('explained').textContent = say('The {0} components shown hold {1} of the vectors’ variance.', used, percent(explained.slice(0, used).reduce((a, b) => a + b, 0)));
  }

  function table() {
    const page = document.querySelector('.table');
    if (!page.open) return;
    const rows = [], most = 300;
    for (let i = 0; i < count && rows.length < most; i++) if (visible(i) && match[i]) rows.push(i);
    const cell = (name, text, number) => Object.assign(document.createElement(name), { textContent: text, className: number ? 'number' : '' });
    const head = document.createElement('tr');
    head.append(cell('th', say(data.named ? 'word' : 'text')), ...(groups.length ? [cell('th', say('group'))] : []), ...axes.map((_, a) => cell('th', say('component') + ' ' + (a + 1), true)));
    page.querySelector('thead').replaceChildren(head);
    page.querySelector('tbody').replaceChildren(...rows.map(i => {
      const row = document.createElement('tr');
      row.append(cell('td', labels[i]), ...(groups.length ? [cell('td', say(groups[group[i]]))] : []), ...axes.map(axis => cell('td', axis[i].toFixed(3), true)));
      return row;
    }));
    $('table-note').textContent = rows.length === most ? say('The first {0} points; Find narrows them down.', most) : say('{0} points.', number(rows.length));
  }

  function theme(name) {
    document.documentElement.dataset.theme = name;
    $('theme').textContent = say(name === 'dark' ? 'Light' : 'Dark');
    readColours();
    draw();
  }

  function fit() {
    const area = canvas.getBoundingClientRect();
    if (area.width < 1 || area.height < 1) return;
    const first = width === 0;
    ratio = Math.min(window.devicePixelRatio || 1, 3);
    [width, height] = [area.width, area.height];
    [canvas.width, canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
    readColours();
    first ? reset() : render();
  }

  $('subtitle').textContent = data.subtitle;
  $('views').hidden = dimensions < 3;
  $('flat').addEventListener('click', () => dimension(false));
  $('deep').addEventListener('click', () => dimension(true));
  $('reset').addEventListener('click', reset);
  $('save').addEventListener('click', () => canvas.toBlob(picture => {
    const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(picture), download: 'projection.png' });
    link.click();
    URL.revokeObjectURL(link.href);
  }));
  $('theme').addEventListener('click', () => theme(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark'));
  document.querySelector('.table').addEventListener('toggle', table);
  $('groups').hidden = groups.length === 0;
  groups.forEach((name, g) => {
    const item = document.createElement('li'), button = Object.assign(document.createElement('button'), { type: 'button' });
    button.setAttribute('aria-pressed', 'true');
    button.append(document.createElement('canvas'), Object.assign(document.createElement('span'), { textContent: say(name) }), Object.assign(document.createElement('span'), { textContent: number(group.filter(one => one === g).length) }));
    button.addEventListener('click', () => {
      shown[g] = !shown[g];
      button.setAttribute('aria-pressed', String(shown[g]));
      if (chosen >= 0 && !visible(chosen)) choose(-1);
      table();
      draw();
    });
    item.append(button);
    $('legend').append(item);
  });
  const dark = matchMedia('(prefers-color-scheme: dark)');
  theme(dark.matches ? 'dark' : 'light');
  dark.addEventListener('change', () => theme(dark.matches ? 'dark' : 'light'));
  new ResizeObserver(fit).observe(canvas);
  dimension(deep);
}
