// Draws what Vigie.Dashboard.Charts describes, with ECharts. Names are drawn on a canvas: nothing of them becomes markup.
let library;
const load = () => library ??= new Promise((done, fail) => {
  const script = document.createElement('script');
  script.src = document.body.dataset.echarts;
  script.onload = () => done(window.echarts);
  script.onerror = () => fail(new Error('the chart library could not be loaded'));
  document.head.append(script);
});

const live = new Set();
const probe = document.createElement('span');
probe.hidden = true;
document.body.append(probe);
const colour = name => { probe.style.color = `var(--${name})`; return getComputedStyle(probe).color; };
const palette = () => [1, 2, 3, 4, 5, 6, 7, 8].map(i => colour(`series-${i}`));

const writer = (scale, culture, zone) => {
  const number = options => { const format = new Intl.NumberFormat(culture, options); return value => format.format(value); };
  const plain = number({ maximumSignificantDigits: 4 });
  switch (scale) {
    case 'percent': return number({ style: 'percent', maximumFractionDigits: 1 });
    case 'count': return number({ maximumFractionDigits: 0, notation: 'compact' });
    case 'seconds': return value => value < 0.001 ? `${plain(value * 1e6)} µs` : value < 1 ? `${plain(value * 1e3)} ms` : `${plain(value)} s`;
    case 'time': { const format = new Intl.DateTimeFormat(culture, { timeZone: zone, dateStyle: 'medium', timeStyle: 'short' }); return value => format.format(value); }
    default: return value => typeof value === 'number' ? plain(value) : String(value ?? '—');
  }
};

const axis = (scale, write, culture, zone) => {
  const look = { axisLine: { lineStyle: { color: colour('line') } }, axisLabel: { color: colour('soft'), hideOverlap: true }, splitLine: { lineStyle: { color: colour('line'), opacity: .6 } }, nameTextStyle: { color: colour('soft') } };
  if (scale !== 'time') return { ...look, type: scale === 'log' ? 'log' : 'value', minInterval: scale === 'count' ? 1 : undefined, axisLabel: { ...look.axisLabel, formatter: write }, scale: true };
  const clock = new Intl.DateTimeFormat(culture, { timeZone: zone, hour: '2-digit', minute: '2-digit' }), day = new Intl.DateTimeFormat(culture, { timeZone: zone, day: 'numeric', month: 'short' });
  let before;
  return { ...look, type: 'time', splitLine: { show: false }, axisLabel: { ...look.axisLabel, formatter: (value, index) => { const today = day.format(value), first = index === 0 || today !== before; before = today; return first ? today : clock.format(value); } } };
};

const tip = { renderMode: 'richText', confine: true, backgroundColor: undefined };
const tooltip = more => ({ ...tip, backgroundColor: colour('card'), borderColor: colour('line'), textStyle: { color: colour('ink') }, ...more });
const legend = names => names.length > 1 ? { type: 'scroll', top: 0, textStyle: { color: colour('soft') }, pageTextStyle: { color: colour('soft') }, icon: 'roundRect', itemWidth: 14, itemHeight: 8 } : undefined;
const grid = (names, more) => ({ left: 8, right: 16, top: names.length > 1 ? 36 : 14, bottom: 8, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel', ...more });
const ink = tone => tone ? colour(`chart-${tone}`) : undefined;

const kinds = {
  line(spec, write) {
    const names = spec.series.map(one => one.name);
    const across = write(spec.across), up = write(spec.up);
    const series = spec.series.map(one => ({
      type: 'line', name: one.name, data: one.x.map((x, i) => [x, one.y[i]]), showSymbol: one.y.filter(y => y != null).length < 60, symbol: 'circle', symbolSize: 5, sampling: 'lttb', color: ink(one.tone), stack: one.stack ?? undefined,
      areaStyle: one.stack ? { opacity: .35 } : undefined, lineStyle: { width: 2, type: one.dashed ? 'dashed' : 'solid' }, emphasis: { focus: 'series' },
    }));
    if (spec.marks.length && series.length) {
      series[0].markLine = { symbol: 'none', silent: true, data: spec.marks.map(mark => ({ xAxis: mark.x, name: mark.text, lineStyle: { color: ink(mark.tone ?? 'critical'), type: 'dashed' }, label: { formatter: mark.text, color: colour('soft'), rotate: 90, position: 'insideEndTop', fontSize: 11 } })) };
    }
    return {
      tooltip: tooltip({ trigger: 'axis', axisPointer: { label: { show: false } }, formatter: points => [across(points[0].value[0]), ...points.filter(p => p.value[1] != null).map(p => `${p.seriesName}: ${up(p.value[1])}`)].join('\n') }),
      legend: legend(names), grid: grid(names, spec.acrossName ? { bottom: 26 } : {}), xAxis: { ...axis(spec.across, across, ...write.place), name: spec.acrossName ?? undefined, nameLocation: 'middle', nameGap: 26, scale: true },
      yAxis: { ...axis(spec.up, up), min: spec.least ?? undefined, max: spec.most ?? undefined }, dataZoom: [{ type: 'inside', filterMode: 'none' }], series,
    };
  },
  bar(spec, write) {
    const names = spec.series.map(one => one.name), up = write(spec.up);
    const look = axis('number', up), categories = { ...look, type: 'category', data: spec.categories, splitLine: { show: false }, inverse: spec.lying, axisLabel: { color: colour('soft'), ...(spec.lying ? { width: 140, overflow: 'truncate' } : { hideOverlap: true }) } };
    const values = { ...axis(spec.up, up), scale: false };
    return {
      tooltip: tooltip({ trigger: 'axis', axisPointer: { type: 'shadow' }, formatter: points => [points[0].name, ...points.map(p => `${p.seriesName}: ${up(p.value)}`)].join('\n') }),
      legend: legend(names), grid: grid(names), xAxis: spec.lying ? values : categories, yAxis: spec.lying ? categories : values,
      series: spec.series.map(one => ({ type: 'bar', name: one.name, data: one.values, color: ink(one.tone), stack: spec.stacked ? 'all' : undefined, barMaxWidth: 26, itemStyle: { borderRadius: 3 } })),
    };
  },
  scatter(spec, write) {
    const groups = [...new Set(spec.dots.map(dot => dot.group ?? ''))], words = spec.acrossCategories, number = write(spec.across), across = value => words ? words[value] : number(value), up = write(spec.up);
    return {
      tooltip: tooltip({ trigger: 'item', formatter: point => `${point.data.name}\n${spec.acrossName}: ${across(point.value[0])}\n${spec.upName}: ${up(point.value[1])}` }),
      legend: legend(groups), grid: grid(groups, { top: 44, bottom: 26 }), xAxis: { ...axis(spec.across, across, ...write.place), ...(words ? { type: 'category', data: words, axisLabel: { color: colour('soft'), hideOverlap: true } } : {}), name: spec.acrossName, nameLocation: 'middle', nameGap: 26 }, yAxis: { ...axis(spec.up, up), name: spec.upName, nameTextStyle: { align: 'left', color: colour('soft') } },
      dataZoom: [{ type: 'inside' }, { type: 'inside', orient: 'vertical' }],
      series: groups.map(group => ({ type: 'scatter', name: group, symbolSize: 10, data: spec.dots.filter(dot => (dot.group ?? '') === group).map(dot => ({ name: dot.name, value: [dot.x, dot.y] })), emphasis: { focus: 'self' } })),
    };
  },
  parallel(spec, write) {
    const groups = [...new Set(spec.lines.map(line => line.group ?? ''))];
    const by = spec.colourBy, known = by == null ? [] : spec.lines.map(line => line.values[by]).filter(Number.isFinite);
    return {
      tooltip: tooltip({ trigger: 'item', formatter: line => line.name }), legend: by == null ? legend(groups) : undefined,
      parallel: { left: 46, right: known.length ? 110 : 60, top: 52, bottom: 22, parallelAxisDefault: { nameTextStyle: { color: colour('ink'), width: 110, overflow: 'truncate' }, axisLine: { lineStyle: { color: colour('soft') } }, axisLabel: { color: colour('soft') } } },
      parallelAxis: spec.axes.map((one, dim) => ({ dim, name: one.name, ...(one.categories ? { type: 'category', data: one.categories } : { type: one.scale === 'log' ? 'log' : 'value', scale: true, axisLabel: { color: colour('soft'), formatter: write(one.scale) } }) })),
      visualMap: known.length ? { show: true, type: 'continuous', dimension: by, min: Math.min(...known), max: Math.max(...known), right: 0, top: 'middle', itemHeight: 120, itemWidth: 10, precision: 3, textStyle: { color: colour('soft') }, inRange: { color: [colour('series-1'), colour('series-3'), colour('series-2')] } } : undefined,
      series: (by == null ? groups : ['']).map(group => ({
        type: 'parallel', name: group, smooth: .2, lineStyle: { width: 1.6, opacity: spec.lines.length > 200 ? .15 : .6 }, emphasis: { lineStyle: { width: 3, opacity: 1 } }, progressive: 500,
        data: spec.lines.filter(line => by != null || (line.group ?? '') === group).map(line => ({ name: line.name, value: line.values.map(value => value ?? '-') })),
      })),
    };
  },
  heat(spec, write) {
    const cell = write(spec.scale), all = spec.cells.flat(), look = { axisLabel: { color: colour('soft') }, axisLine: { show: false }, axisTick: { show: false } };
    return {
      tooltip: tooltip({ trigger: 'item', formatter: point => `${spec.rows[point.value[1]]} → ${spec.columns[point.value[0]]}: ${cell(point.value[2])}` }),
      grid: { left: 8, right: 8, top: 8, bottom: 8, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' }, xAxis: { type: 'category', data: spec.columns, position: 'top', ...look }, yAxis: { type: 'category', data: spec.rows, inverse: true, ...look },
      visualMap: { show: false, min: 0, max: Math.max(...all, 1e-9), inRange: { color: [colour('card'), colour('series-1')] } },
      series: [{ type: 'heatmap', label: { show: true, formatter: point => cell(point.value[2]), color: colour('ink'), textBorderColor: colour('card'), textBorderWidth: 2 }, itemStyle: { borderColor: colour('line'), borderWidth: 1 }, data: spec.cells.flatMap((row, y) => row.map((value, x) => [x, y, value])) }],
    };
  },
};

const paint = entry => {
  const spec = JSON.parse(entry.json, (_, value) => value === 'NaN' ? null : value === 'Infinity' || value === '-Infinity' ? null : value);
  const write = scale => writer(scale, ...write.place);
  write.place = [entry.culture, entry.zone];
  entry.chart.setOption({ animation: false, color: palette(), textStyle: { fontFamily: getComputedStyle(document.body).fontFamily }, ...kinds[spec.$type](spec, write) }, { notMerge: true, lazyUpdate: false });
};

const sizes = new ResizeObserver(changes => { for (const { target } of changes) target.vigieChart?.chart.resize(); });

export async function draw(element, json, culture, zone, back) {
  const echarts = await load();
  for (const old of live) if (!old.element.isConnected) { old.chart.dispose(); sizes.unobserve(old.element); live.delete(old); }
  if (!element?.isConnected) return;
  let entry = element.vigieChart;
  if (!entry) {
    const calm = matchMedia('(pointer: coarse)').matches; // a finger that scrolls the page must not zoom charts on its way
    entry = element.vigieChart = { element, chart: echarts.init(element, null, { renderer: 'canvas' }), calm };
    // The wheel scrolls the page unless a key says that the chart is meant.
    element.addEventListener('wheel', event => { if (!event.ctrlKey && !event.shiftKey) event.stopPropagation(); }, { capture: true });
    entry.chart.on('click', point => entry.back?.invokeMethodAsync('PickAsync', point.data?.name ?? point.seriesName ?? point.name ?? ''));
    sizes.observe(element);
    live.add(entry);
  }
  Object.assign(entry, { json, culture, zone, back });
  paint(entry);
  element.dataset.drawn = 'true';
}

document.addEventListener('vigie:theme', () => { for (const entry of live) if (entry.element.isConnected) paint(entry); });
