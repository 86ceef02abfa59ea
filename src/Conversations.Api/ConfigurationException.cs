namespace Conversations.Api;

/// <summary>The configuration can't be used; the message says what to set.</summary>
public sealed class ConfigurationException(string message) : Exception(message);
