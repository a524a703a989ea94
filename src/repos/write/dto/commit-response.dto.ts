/** The created commit. */
export class CommitResponseDto {
  success: true;

  /** @example "0e9e39f249a16976918f6564b8830bc894c89659" */
  commitOid: string;

  /** URL of the commit's page. */
  commitUrl: string;

  /** Always empty. Clients expect the field, but this hub runs no hooks. */
  hookOutput: string;
}
