namespace Conversations.TestSupport;

/// <summary>How a server process ended.</summary>
/// <param name="Code">The exit code; null when the process listened and was killed.</param>
/// <param name="Output">Standard output and standard error.</param>
/// <param name="Errors">Standard error.</param>
public sealed record Ended(int? Code, string Output, string Errors);
