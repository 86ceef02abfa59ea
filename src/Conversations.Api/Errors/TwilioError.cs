namespace Conversations.Api.Errors;

/// <summary>An error of Twilio's API. Its JSON has exactly the members code, message, more_info and status.</summary>
public sealed record TwilioError(int Status, int Code, string Message)
{
    /// <summary>
    /// The text for the log. It differs from <see cref="Message"/> when that repeats the caller's input.
    /// </summary>
    public string LogText { get; init; } = Message;

    public string MoreInfo => $"https://www.twilio.com/docs/errors/{Code}";

    /// <summary>The error's response body.</summary>
    public TwilioErrorResource Resource => new(Code, Message, MoreInfo, Status);
}
