const HANDLERS = new WeakSet<object>();

/** Marks a handler that accepts its own kind of bearer token instead of access tokens. It checks `request.bearer` itself. */
export const OwnCredentials = (): MethodDecorator => (_target, _name, descriptor) =>
  void HANDLERS.add(descriptor.value as object);

export const hasOwnCredentials = (handler: object): boolean => HANDLERS.has(handler);
