/** Where an answer comes from. */
export class SourceTagsDto {
  /**
   * Name of the source; "local" for what the hub has itself.
   * @example "HuggingFace"
   */
  _source?: string;

  /** @example "https://huggingface.co" */
  _source_url?: string;

  /** The source does not tell everything that is here. */
  _partial?: boolean;
}
