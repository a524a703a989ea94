/** How a client's question arrived: the path as asked, the host name it used. */
export interface ClientInfo {
  readonly path: string;
  readonly host: string;
  /** Of the connection: forwarded headers are not trusted. */
  readonly address: string;
  /** Must the client not be led to another host? Then what a source has is streamed. */
  readonly stays: boolean;
  /** Is it for one of the hub's own pages? Looking at a file is no download of it. */
  readonly shown: boolean;
}
