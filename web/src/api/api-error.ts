/** One source's part in a failure, as the hub tells it. */
export interface SourceAttempt {
  readonly name: string;
  readonly status?: number | null;
  readonly category?: string;
}

interface FaultBody {
  readonly error?: string;
  readonly detail?: string;
  readonly fields?: readonly { readonly field: string; readonly message: string }[];
  readonly sources?: readonly SourceAttempt[];
}

/** An answer of the hub that is an error, or no answer at all (status 0). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly code: string | undefined,
    readonly detail: string | undefined,
    /** What is wrong with each field of a form. */
    readonly fields: Readonly<Record<string, string>>,
    readonly sources: readonly SourceAttempt[],
    readonly source: string | undefined,
    /** Seconds after which the same may be tried again. */
    readonly retryAfter?: number,
  ) {
    super(message);
    this.name = 'ApiError';
  }

  /** Reads an error answer; one without a body in JSON (a proxy's page, say) tells at least its status. */
  static async of(answer: Response): Promise<ApiError> {
    const body = (await answer.json().catch(() => ({}))) as FaultBody;
    const fields = Object.fromEntries((body.fields ?? []).map(({ field, message }) => [field, message]));
    return new ApiError(
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
  static absent(message: string, code: string): ApiError {
    return new ApiError(404, message, code, undefined, {}, [], undefined);
  }

  static unreachable(): ApiError {
    return new ApiError(
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
