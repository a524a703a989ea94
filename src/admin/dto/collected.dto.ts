/** What a collection has freed. */
export class CollectedDto {
  /** Contents deleted. */
  collected: number;

  /** Their bytes. */
  bytes: number;
}
