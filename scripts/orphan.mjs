// npm runs a script through `sh`, and passes SIGTERM on to that shell only: the shell dies, and what it ran would stay
// behind, with its port. So a script that npm started notices when its parent is gone.
const startedBy = process.ppid;

/** Sends this process SIGTERM once the shell that npm started it in has died. Does nothing for a script started by hand. */
export function endWithNpm() {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return;
  const watch = setInterval(() => {
    if (process.ppid === startedBy) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 250);
  watch.unref();
}
