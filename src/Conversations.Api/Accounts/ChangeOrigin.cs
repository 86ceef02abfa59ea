namespace Conversations.Api.Accounts;

/// <summary>Where the changes of a request come from, when its caller is not the author of them.</summary>
/// <param name="ChatServiceSid">The chat service of the changed rows.</param>
/// <param name="Source">As webhooks tell it: SMS, WHATSAPP.</param>
public sealed record ChangeOrigin(string ChatServiceSid, string Source);
