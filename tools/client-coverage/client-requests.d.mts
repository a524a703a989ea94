export function clientRequests(): Map<string, string[]>;
