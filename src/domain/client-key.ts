/** Identifies a client among all clients: by its account, or else by its network address. */
export type ClientKey = `account ${string}` | `address ${string}`;

/** Whether the client is not signed in. The anonymous callers at an address are one client. */
export const isAnonymousClient = (client: ClientKey): boolean => client.startsWith('address ');
