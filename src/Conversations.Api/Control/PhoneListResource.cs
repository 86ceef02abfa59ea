namespace Conversations.Api.Control;

/// <summary>The phones of the account, by their addresses.</summary>
public sealed record PhoneListResource(IReadOnlyList<PhoneCountResource> Phones);

/// <summary>A phone.</summary>
/// <param name="Messages">The number of messages to it, also of those that did not arrive.</param>
public sealed record PhoneCountResource(string Address, int Messages);
