namespace Conversations.Api.Control;

/// <summary>A checkpoint of an account.</summary>
public sealed record CheckpointResource(string Name, DateTimeOffset DateCreated);

/// <summary>The checkpoints of an account, oldest first.</summary>
public sealed record CheckpointListResource(IReadOnlyList<CheckpointResource> Checkpoints);
