/** Thrown if a response cannot be that of a hub: a web page, or invalid, oversized or undecodable content. */
export class InvalidReplyError extends Error {}
