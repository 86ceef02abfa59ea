namespace Conversations.Api.Errors;

/// <summary>The configuration can't be used. The message is one sentence that names the setting.</summary>
public sealed class ConfigurationException(string message) : Exception(message);
