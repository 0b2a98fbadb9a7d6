// Begins the circuit, and begins again when the server has been away: it may be another one by then, which knows nothing of this page.
(() => {
  const again = async () => {
    for (;;) {
      await new Promise(done => setTimeout(done, 2000));
      try {
        if ((await fetch('health/live', { cache: 'no-store' })).ok) { location.reload(); return; }
      } catch { continue; }
    }
  };
  Blazor.start({
    circuit: {
      reconnectionOptions: { maxRetries: 8, retryIntervalMilliseconds: 1000 },
      reconnectionHandler: undefined,
    },
  });
  // Who was let in when the page was drawn may be shut out when it wants its circuit: then the page would stay still for ever.
  const letIn = async () => {
    for (;;) {
      await new Promise(done => setTimeout(done, 3000));
      if (document.documentElement.dataset.alive === 'true') return;
      try {
        if ((await fetch('_blazor/negotiate?negotiateVersion=1', { method: 'POST', cache: 'no-store' })).status === 401) { location.reload(); return; }
      } catch { continue; }
    }
  };
  letIn();
  new MutationObserver(() => {
    const state = document.getElementById('components-reconnect-modal').classList;
    if (state.contains('components-reconnect-failed') || state.contains('components-reconnect-rejected')) again();
  }).observe(document.getElementById('components-reconnect-modal'), { attributes: true, attributeFilter: ['class'] });
})();
