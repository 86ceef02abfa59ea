namespace Conversations.Api.Control;

/// <summary>What a new account may have.</summary>
/// <param name="Seed">
/// The account's SID, its token and all its SIDs follow from it. The account of the same seed begins anew.
/// </param>
public sealed record NewAccountForm(long? Seed);
