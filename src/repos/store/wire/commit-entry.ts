/** An entry of `GET …/commits/{rev}` (contract D.11). */
export interface CommitEntry {
  readonly id: string;
  readonly title: string;
  readonly message: string;
  readonly date: string;
  readonly authors: readonly { readonly user: string; readonly avatar?: string }[];
  /** Title and message as HTML, if requested with `expand[]=formatted`. */
  readonly formatted?: { readonly title: string; readonly message: string };
}
