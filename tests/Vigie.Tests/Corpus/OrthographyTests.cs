using Vigie.Corpus;

namespace Vigie.Tests.Corpus;

public sealed class OrthographyTests
{
    [Theory]
    [InlineData("a hour late", "an hour late")]
    [InlineData("a 8 hour delay", "an 8 hour delay")]
    [InlineData("a 4 hour delay", "a 4 hour delay")]
    [InlineData("a awful user experience", "an awful user experience")]
    [InlineData("a useless app", "a useless app")]
    [InlineData("a European airline", "a European airline")]
    [InlineData("really   bad , sorry .", "really bad, sorry.")]
    [InlineData("who cares ?.", "who cares ?")]
    [InlineData("is it late? ?", "is it late?")]
    [InlineData(", is it late?", "is it late?")]
    [InlineData("late... again.", "late... again.")]
    public void English(string written, string spelt) => Assert.Equal(spelt, Orthography.Tidy(written, TweetLanguage.English));

    [Theory]
    [InlineData("le équipage de Athènes", "l'équipage d'Athènes")]
    [InlineData("la hôtesse", "l'hôtesse")]
    [InlineData("le hublot", "le hublot")]
    [InlineData("du équipage", "de l'équipage")]
    [InlineData("de le comptoir", "du comptoir")]
    [InlineData("de le équipage", "de l'équipage")]
    [InlineData("de les valises", "des valises")]
    [InlineData("à le comptoir", "au comptoir")]
    [InlineData("à les enfants", "aux enfants")]
    [InlineData("ce avion", "cet avion")]
    [InlineData("ma expérience", "mon expérience")]
    [InlineData("je ai que une heure", "j'ai qu'une heure")]
    [InlineData("que oui", "que oui")]
    [InlineData("de ABC", "de ABC")]
    public void French(string written, string spelt) => Assert.Equal(spelt, Orthography.Tidy(written, TweetLanguage.French));

    [Theory]
    [InlineData("late again. never again! why? ok", "Late again. Never again! Why? Ok")]
    [InlineData("élan", "Élan")]
    [InlineData("@AirParadis late", "@AirParadis late")]
    [InlineData("3 hours", "3 hours")]
    [InlineData("", "")]
    public void Sentences_open_with_a_capital(string written, string spelt) => Assert.Equal(spelt, Orthography.Capitalise(written));
}
