namespace Conversations.Api.Webhooks;

/// <summary>A webhook's URL has a host or an address that may not be called. The message says why.</summary>
public sealed class AddressNotAllowedException(string message) : IOException(message);
