namespace Conversations.Api.Control;

/// <summary>The feature of a request that a rule of faults has hit.</summary>
/// <param name="Id">The rule's id.</param>
/// <param name="IsError">Whether the rule made the error of the answer.</param>
public sealed record InjectedFault(string Id, bool IsError);
