namespace Conversations.Api.Errors;

/// <summary>An error as Twilio's clients know it. Its JSON has exactly code, message, more_info and status.</summary>
public sealed record TwilioError(int Status, int Code, string Message)
{
    /// <summary>The text for the log. It differs from <see cref="Message"/> where that repeats what the caller sent.</summary>
    public string LogText { get; init; } = Message;

    public string MoreInfo => $"https://www.twilio.com/docs/errors/{Code}";

    /// <summary>Its body.</summary>
    public TwilioErrorResource Resource => new(Code, Message, MoreInfo, Status);
}

/// <summary>The body of every error.</summary>
public sealed record TwilioErrorResource(int Code, string Message, string MoreInfo, int Status);
