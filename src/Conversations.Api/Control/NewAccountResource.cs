namespace Conversations.Api.Control;

/// <summary>A new account and its credentials.</summary>
/// <param name="ChatServiceSid">The default chat service.</param>
public sealed record NewAccountResource(string Sid, string AuthToken, string ChatServiceSid);
