/** A rejected token is tried again after this time, since it may have been valid and the source at fault. */
const RETRY_MS = 5 * 60_000;

/** Decides whether a source's token is sent. A rejected one is not, except for one request every five minutes, until it is changed. */
export class TokenGate {
  private rejected: { readonly token: string; retryAt: number } | undefined;

  private wasRefused = false;

  /** @param now - a clock in milliseconds */
  constructor(private readonly now: () => number) {}

  /** Whether to send the token with this request. */
  admits(token: string): boolean {
    if (this.rejected?.token !== token) return true;
    if (this.now() < this.rejected.retryAt) return false;
    this.rejected.retryAt = this.now() + RETRY_MS; // other requests do not wait for the result of this one
    return true;
  }

  /** @returns whether this is the first refusal without a reason, which is logged. The gate is replaced when the source is changed. */
  noteRefusal(): boolean {
    const isFirst = !this.wasRefused;
    this.wasRefused = true;
    return isFirst;
  }

  accept(token: string): void {
    if (this.rejected?.token === token) this.rejected = undefined;
  }

  /** @returns whether the token was not rejected before */
  reject(token: string): boolean {
    const isNew = this.rejected?.token !== token;
    this.rejected = { token, retryAt: this.now() + RETRY_MS };
    return isNew;
  }
}
