/** How a client's question arrived: the path as asked, the host name it used. */
export interface Arrival {
  readonly path: string;
  readonly host: string;
  /** Of the connection: forwarded headers are not trusted. */
  readonly address: string;
  /** Does the client ask for Xet's description of a file in place of its bytes, where the server has one? */
  readonly seeksXet: boolean;
}
