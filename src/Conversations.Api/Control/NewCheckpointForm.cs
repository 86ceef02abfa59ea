namespace Conversations.Api.Control;

/// <summary>What a new checkpoint is called.</summary>
/// <param name="Name">Letters, digits, - and _; null lets the server choose.</param>
public sealed record NewCheckpointForm(string? Name);
