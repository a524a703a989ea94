const OWN = new WeakSet<object>();

/** On a handler whose bearers bring no account's token but one of its own: it gets `request.bearer`, and judges it. */
export const OwnCredentials = (): MethodDecorator => (_target, _name, descriptor) =>
  void OWN.add(descriptor.value as object);

export const hasOwnCredentials = (handler: object): boolean => OWN.has(handler);
