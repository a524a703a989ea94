const TYPES = new WeakSet<object>();

/**
 * Marks a DTO of a request that changes nothing, or whose standard allows any fields. Its unknown fields are ignored; all other requests with unknown fields are
 * refused.
 */
export const IgnoresUnknownFields = (): ClassDecorator => (dto) => void TYPES.add(dto);

export const ignoresUnknownFields = (dto: object | undefined): boolean => dto !== undefined && TYPES.has(dto);
