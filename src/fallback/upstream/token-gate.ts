import type { TokenCheck } from './harmless-probe.js';

/** A rejected token is tried again after this time, since it may have been valid and the source at fault. */
const RETRY_MS = 5 * 60_000;
/** How long a token that was checked is trusted: it can be revoked at any time. */
const CHECKED_MS = 5 * 60_000;

interface Rejected {
  readonly token: string;
  retryAt: number;
  /** Whether only a check has found it, because the source treats an unknown token like none. */
  readonly byCheck: boolean;
}

/** Decides whether a source's token is sent. A rejected one is not, except for one request every five minutes, until it is changed. */
export class TokenGate {
  private rejected: Rejected | undefined;
  private checked: { readonly token: string; readonly result: 'valid' | 'unknown'; readonly until: number } | undefined;
  private checking: { readonly token: string; readonly result: Promise<TokenCheck> } | undefined;

  private wasRefused = false;

  /**
   * @param now - a clock in milliseconds
   * @param check - asks the source whether it accepts its token
   * @param mayCheckAgain - whether a token that was checked may be checked again now
   */
  constructor(
    private readonly now: () => number,
    private readonly check: () => Promise<TokenCheck>,
    private readonly mayCheckAgain: () => boolean = () => true,
  ) {}

  /** Whether to send the token with this request. */
  async admits(token: string): Promise<boolean> {
    const { rejected } = this;
    if (rejected?.token !== token) return true;
    if (this.now() < rejected.retryAt) return false;
    rejected.retryAt = this.now() + RETRY_MS; // other requests do not wait for the result of this one
    return !rejected.byCheck || (await this.stateOf(token)) === 'valid';
  }

  /**
   * Asks the source about the token, unless it has answered in the last five minutes. Concurrent calls share a request. A token that was
   * valid is still trusted if the source cannot be asked now.
   */
  async stateOf(token: string): Promise<TokenCheck> {
    const { checked } = this;
    if (checked?.token === token && (this.now() < checked.until || !this.mayCheckAgain())) return checked.result;
    if (this.checking?.token !== token) this.checking = { token, result: this.check() };
    const { checking } = this;
    const result = await checking.result;
    if (this.checking === checking) this.checking = undefined;
    if (result === 'failed') return checked?.token === token ? checked.result : 'failed';
    this.checked = result === 'rejected' ? undefined : { token, result, until: this.now() + CHECKED_MS };
    if (result === 'valid') this.confirm(token);
    return result;
  }

  /** A check has shown that the source accepts the token. */
  confirm(token: string): void {
    if (this.rejected?.token === token) this.rejected = undefined;
  }

  /** @returns whether this is the first refusal without a reason, which is logged. The gate is replaced when the source is changed. */
  noteRefusal(): boolean {
    const isFirst = !this.wasRefused;
    this.wasRefused = true;
    return isFirst;
  }

  /**
   * The source has served a request with the token.
   * @returns whether this shows that the token is accepted, because the source had rejected it before
   */
  accept(token: string): boolean {
    if (this.rejected?.token !== token || this.rejected.byCheck) return false;
    this.rejected = undefined;
    return true;
  }

  /**
   * @param byCheck - whether only a check has found it
   * @returns whether the token was not rejected before
   */
  reject(token: string, byCheck = false): boolean {
    const isNew = this.rejected?.token !== token;
    this.rejected = { token, retryAt: this.now() + RETRY_MS, byCheck };
    this.checked = undefined;
    return isNew;
  }
}
