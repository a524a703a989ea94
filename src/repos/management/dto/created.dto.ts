/** A repository that has just been made. */
export class CreatedDto {
  /** Its page; clients read the id from it */
  url: string;
  /** `namespace/name` */
  name: string;
  /** 24 hex digits */
  id: string;
}
