const LENIENT_TYPES = new WeakSet<object>();

/**
 * Marks a DTO that Hugging Face clients send. Unknown fields are dropped, because newer clients may send fields that this hub does not
 * know. All other DTOs reject unknown fields.
 */
export const LenientBody = (): ClassDecorator => (dto) => void LENIENT_TYPES.add(dto);

export const isLenientBody = (dto: object | undefined): boolean => dto !== undefined && LENIENT_TYPES.has(dto);
