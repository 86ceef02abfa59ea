namespace Conversations.Api.Control;

/// <summary>What an import or a restore has written.</summary>
/// <param name="Rows">The number of rows.</param>
public sealed record ImportResource(int Rows);
