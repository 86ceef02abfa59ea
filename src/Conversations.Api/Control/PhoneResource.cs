namespace Conversations.Api.Control;

/// <summary>A phone.</summary>
/// <param name="Messages">What it has received, in order.</param>
public sealed record PhoneResource(string Address, IReadOnlyList<PhoneMessageResource> Messages);
