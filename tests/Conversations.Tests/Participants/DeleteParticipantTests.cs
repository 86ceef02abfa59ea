using Conversations.Api.Errors;

namespace Conversations.Tests.Participants;

public sealed class DeleteParticipantTests
{
    [Theory, Everywhere]
    public async Task Delete_answers_204_and_removes_the_participant(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        var alice = await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        var bob = await twilio.NewParticipantAsync(conversation, ("Identity", "bob"));
        var path = twilio.PathOf($"Conversations/{conversation}/Participants/{alice}");

        (await twilio.DeleteAsync(path)).NoContent();

        (await twilio.GetAsync(path)).Is(TwilioErrors.NotFound(path["/v1".Length..]));
        (await twilio.PostAsync(path)).Is(TwilioErrors.NotFound(path["/v1".Length..]));
        (await twilio.DeleteAsync(path)).Is(TwilioErrors.NotFound(path["/v1".Length..]));
        var left = (await twilio.GetAsync($"Conversations/{conversation}/Participants")).Ok().Body[
            "participants"
        ]!.AsArray();
        Assert.Equal([bob], left.Select(participant => participant!["sid"]!.GetValue<string>()));
    }

    [Theory, Everywhere]
    public async Task A_participant_that_is_added_again_is_a_new_one(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        var first = await twilio.NewParticipantAsync(conversation, ("Identity", "alice"), ("Attributes", "1"));
        (await twilio.DeleteAsync($"Conversations/{conversation}/Participants/alice")).NoContent();

        var second = (
            await twilio.PostAsync($"Conversations/{conversation}/Participants", ("Identity", "alice"))
        ).Created();

        Assert.NotEqual(first, second["sid"]);
        Assert.Equal("{}", second["attributes"]);
        Assert.Equal(
            second.Text,
            (await twilio.GetAsync($"Conversations/{conversation}/Participants/alice")).Ok().Text
        );
    }

    [Theory, Everywhere]
    public async Task The_user_stays_when_its_participant_is_deleted(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));
        var user = (await twilio.GetAsync("Users/alice")).Ok();

        (await twilio.DeleteAsync($"Conversations/{conversation}/Participants/alice")).NoContent();

        Assert.Equal(user.Text, (await twilio.GetAsync("Users/alice")).Ok().Text);
    }

    [Theory, Everywhere]
    public async Task A_participant_of_a_closed_conversation_cannot_be_deleted(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        var sid = await twilio.NewParticipantAsync(conversation, NewParticipant.Sms("+15558675310", "+15017122661"));
        (await twilio.PostAsync($"Conversations/{conversation}", ("State", "closed"))).Ok();

        (await twilio.DeleteAsync($"Conversations/{conversation}/Participants/{sid}")).Is(
            TwilioErrors.ConversationClosed
        );

        (await twilio.GetAsync($"Conversations/{conversation}/Participants/{sid}")).Ok();
    }
}
