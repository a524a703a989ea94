/** A commit that was made. */
export class CommitAnswerDto {
  success: true;

  /** @example "0e9e39f249a16976918f6564b8830bc894c89659" */
  commitOid: string;

  /** The commit's page. */
  commitUrl: string;

  /** Always empty: nothing is run when a commit comes in. */
  hookOutput: string;
}
