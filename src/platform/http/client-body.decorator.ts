const LENIENT = new WeakSet<object>();

/**
 * A body that clients of the Hugging Face Hub send: fields that nobody here knows are dropped instead of refused, since newer clients
 * send newer ones. Bodies of the hub's own API are checked strictly.
 */
export const ClientBody = (): ClassDecorator => (dto) => void LENIENT.add(dto);

export const isClientBody = (dto: object | undefined): boolean => dto !== undefined && LENIENT.has(dto);
