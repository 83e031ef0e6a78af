/**
 * Shows on standard error that something is under way, once it takes over two seconds: one line that counts on a
 * terminal, a line every ten seconds elsewhere. Returns the function that ends it.
 */
export function showElapsed(label) {
  const { stderr } = process;
  const began = Date.now();
  const seconds = () => Math.round((Date.now() - began) / 1_000);
  const interval = stderr.isTTY ? 1_000 : 10_000;
  let shown = false;
  const show = () => {
    shown = true;
    stderr.write(stderr.isTTY ? `\r\x1b[K${label} … ${seconds()} s` : `${label} … ${seconds()} s\n`);
  };
  let timer = setTimeout(() => {
    show();
    timer = setInterval(show, interval);
  }, 2_000);
  return () => {
    clearTimeout(timer);
    if (shown) stderr.write(`${stderr.isTTY ? '\r\x1b[K' : ''}${label}: ${seconds()} s\n`);
  };
}
