/** The created or moved repository. */
export class CreatedDto {
  /** URL of the repository's page. Clients derive the id from it. */
  url: string;
  /** `namespace/name` */
  name: string;
  /** 24 hex digits */
  id: string;
}
