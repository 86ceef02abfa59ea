namespace Conversations.Api.Errors;

/// <summary>The response body of every error.</summary>
public sealed record TwilioErrorResource(int Code, string Message, string MoreInfo, int Status);
