// What the pages need from the browser beside charts. Everything else happens on the server.
(() => {
  const keep = (name, value) => { document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=31536000; samesite=lax`; };
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
  keep('vigie_zone', zone);
  const charts = () => import(new URL(document.body.dataset.charts, document.baseURI));

  window.vigie = {
    begin: () => { document.documentElement.dataset.alive = true; return zone; },
    open: dialog => dialog.showModal(),
    close: dialog => dialog.close(),
    focus: element => element?.focus(),
    scrollTo: (element, top) => element?.scrollTo({ top }),
    text: element => new Blob([element.value]),
    // Says how far a list is scrolled, one time after the other: what has passed meanwhile is of no interest.
    scrolled: (element, back) => {
      let busy = false, again = false;
      const tell = async () => {
        again = busy;
        if (busy || !element.isConnected) return;
        busy = true;
        try {
          await back.invokeMethodAsync('ScrolledAsync', element.scrollTop, element.clientHeight);
        } catch (fault) {
          if (element.isConnected) throw fault; // else the page was left meanwhile, and nobody is there to be told
        } finally { busy = false; }
        if (again) tell();
      };
      element.addEventListener('scroll', tell, { passive: true });
      new ResizeObserver(tell).observe(element);
    },
    load: name => import(new URL(document.body.dataset[name], document.baseURI)), // a script of one page
    copy: text => navigator.clipboard.writeText(text),
    save: async (name, stream) => {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob([await stream.arrayBuffer()]));
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    },
    chart: async (...args) => (await charts()).draw(...args),
    // Keys that a page acts on without a field in focus: { j: 'next' } calls back with 'next'.
    keys: (element, names, back) => {
      const listen = event => {
        if (!element.isConnected) { document.removeEventListener('keydown', listen); return; }
        if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.('input, textarea, select, [contenteditable], dialog')) return;
        const name = names[event.key];
        if (!name) return;
        event.preventDefault();
        back.invokeMethodAsync('KeyAsync', name);
      };
      document.addEventListener('keydown', listen);
    },
  };

  document.addEventListener('click', event => {
    const set = event.target.closest('[data-set]');
    if (set) {
      const [name, value] = set.dataset.set.split('=');
      keep(name, value);
      location.reload();
    } else if (event.target.closest('[data-theme-toggle]')) {
      const root = document.documentElement;
      const dark = root.dataset.theme === 'dark' || (root.dataset.theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
      root.dataset.theme = dark ? 'light' : 'dark';
      keep('vigie_theme', root.dataset.theme);
      document.dispatchEvent(new Event('vigie:theme'));
    }
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => document.dispatchEvent(new Event('vigie:theme')));
})();
