/** One slow answer may be a pause of our own process; three in a row are the other side. */
const FAILURES_MAX = 3;

/** Long enough that a part that hangs costs next to nothing, short enough that nobody notices when it is back. */
const PAUSE_MS = 1_000;

/** Stops asking a part that does not answer; after a pause one caller tries, and the others go on without it. */
export class Circuit {
  private readonly now: () => number;
  private failures = 0;
  private openUntil = 0;

  constructor(now: () => number) {
    this.now = now;
  }

  /** Whether to ask; whoever asks after a pause is the one who tries. */
  admits(): boolean {
    if (this.failures < FAILURES_MAX) return true;
    if (this.now() < this.openUntil) return false;
    this.openUntil = this.now() + PAUSE_MS;
    return true;
  }

  succeeded(): void {
    this.failures = 0;
  }

  failed(): void {
    this.failures += 1;
    this.openUntil = this.now() + PAUSE_MS;
  }
}
