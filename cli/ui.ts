/** Where progress goes: standard error, so that standard output holds results only. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export type OnProgress = (message: string) => void;

/** Work that ends before this shows nothing while it runs. */
const QUIET_MS = 2_000;
/** How long nothing may happen before a log is told that the work goes on. */
const SILENCE_MS = 15_000;

/**
 * Does `work` and shows how it goes: on a terminal one line that counts the seconds, elsewhere a line for each new
 * message and now and then a sign of life. Ends with the label and the time taken.
 */
export async function withProgress<T>(
  label: string,
  work: (onProgress: OnProgress) => Promise<T>,
  output: ProgressOutput = process.stderr,
): Promise<T> {
  const progress = output.isTTY ? terminalProgress(label, output) : logProgress(label, output);
  const began = performance.now();
  try {
    const result = await work(progress.onProgress);
    progress.end();
    output.write(`${label}: ${duration(performance.now() - began)}\n`);
    return result;
  } finally {
    progress.end();
  }
}

interface Progress {
  readonly onProgress: OnProgress;
  readonly end: () => void;
}

function terminalProgress(label: string, output: ProgressOutput): Progress {
  const began = performance.now();
  let message = '';
  let shown = false;
  const draw = (): void => {
    const elapsed = performance.now() - began;
    if (elapsed < QUIET_MS) return;
    shown = true;
    output.write(`\r\x1b[K${label}${message && `: ${message}`} … ${duration(elapsed)}`);
  };
  const timer = setInterval(draw, 1_000);
  return {
    onProgress: (next) => {
      message = next;
      draw();
    },
    end: () => {
      clearInterval(timer);
      if (shown) output.write('\r\x1b[K');
      shown = false;
    },
  };
}

function logProgress(label: string, output: ProgressOutput): Progress {
  const began = performance.now();
  let message = '';
  let announced: string | undefined;
  let writtenAt = began;
  const write = (): void => {
    const now = performance.now();
    if (now - writtenAt < (message === announced ? SILENCE_MS : QUIET_MS)) return;
    announced = message;
    writtenAt = now;
    output.write(`${label}${message && `: ${message}`} … ${duration(now - began)}\n`);
  };
  const timer = setInterval(write, 1_000);
  return {
    onProgress: (next) => {
      message = next;
    },
    end: () => clearInterval(timer),
  };
}

/** `0.4 s`, `12 s`, `2 min 5 s`. */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1_000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
