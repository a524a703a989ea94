/** One source's part in a failure, as the hub tells it. */
export interface TriedSource {
  readonly name: string;
  readonly status?: number | null;
  readonly category?: string;
}

interface FaultBody {
  readonly error?: string;
  readonly detail?: string;
  readonly fields?: readonly { readonly field: string; readonly message: string }[];
  readonly sources?: readonly TriedSource[];
}

/** An answer of the hub that is an error, or no answer at all (status 0). */
export class HubFault extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly code: string | undefined,
    readonly detail: string | undefined,
    /** What is wrong with each field of a form. */
    readonly fields: Readonly<Record<string, string>>,
    readonly sources: readonly TriedSource[],
    readonly source: string | undefined,
    /** Seconds after which the same may be tried again. */
    readonly retryAfter?: number,
  ) {
    super(message);
    this.name = 'HubFault';
  }

  /** Reads an error answer; one without a body in JSON (a proxy's page, say) tells at least its status. */
  static async of(answer: Response): Promise<HubFault> {
    const body = (await answer.json().catch(() => ({}))) as FaultBody;
    const fields = Object.fromEntries((body.fields ?? []).map(({ field, message }) => [field, message]));
    return new HubFault(
      answer.status,
      body.error ?? `The hub answered ${answer.status} ${answer.statusText}`.trim(),
      answer.headers.get('x-error-code') ?? undefined,
      body.detail,
      fields,
      body.sources ?? [],
      answer.headers.get('x-source') ?? undefined,
      Number(answer.headers.get('retry-after')) || undefined,
    );
  }

  /** What an answer that is no error lacks. */
  static absent(message: string, code: string): HubFault {
    return new HubFault(404, message, code, undefined, {}, [], undefined);
  }

  static unreachable(): HubFault {
    return new HubFault(
      0,
      'The hub cannot be reached. Is it running, and are you online?',
      undefined,
      undefined,
      {},
      [],
      undefined,
    );
  }
}
