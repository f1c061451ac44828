"""Texts of the sample letters. The quoted passages are quotations, as their sources give them."""

CITIES_ABOUT = """\
Groups in several cities who work against license plate readers and face recognition in the hands
of the police. *The coalition is made up; the facts of its campaigns are real.*
"""

LIBRARY_ABOUT = "Neighbors of a library in a town that does not exist."

AUDIT_LETTER = """\
*A sample letter. Sign it to see how signing works; nobody will receive it.*

In January 2021 the Board approved the department's use of face recognition through LACRIS, by
4 votes to 0 and against 931 of 943 public letters. The order that was approved limits searches
to credible threats to life, criminal investigations and identifying somebody who is
incapacitated, by trained officers with approval.

Nobody outside the department can tell whether these limits are kept. **We ask the Board to
order a public audit** that answers:

1. how many searches were made in each year, for which of the permitted purposes;
2. how many led to a stop, an arrest or a charge, and how many to the wrong person;
3. how often images from protests were searched.
"""

AUDIT_LETTER_ES = """\
*Una carta de muestra. Fírmela para ver cómo funciona; nadie la recibirá.*

En enero de 2021 la Junta aprobó que el departamento use el reconocimiento facial a través de
LACRIS, por 4 votos contra 0 y pese a que 931 de 943 cartas del público se oponían. La orden
limita las búsquedas a amenazas creíbles contra la vida, investigaciones penales y la
identificación de personas incapacitadas, por agentes capacitados y autorizados.

Nadie fuera del departamento puede saber si esos límites se respetan. **Pedimos a la Junta una
auditoría pública** que responda:

1. cuántas búsquedas se hicieron cada año y con cuál de los fines permitidos;
2. cuántas llevaron a una detención, un arresto o una acusación, y cuántas a la persona equivocada;
3. con qué frecuencia se buscaron imágenes de protestas.
"""

LIBRARY_PETITION = """\
*A sample petition in a town that does not exist.*

The Anytown library closes on Sundays from next month. Sunday is the only day on which many of
us can come. **Keep the library open on Sundays.**
"""

LIBRARY_PETITION_ES = """\
*Una petición de muestra en una ciudad que no existe.*

La biblioteca de Anytown cerrará los domingos a partir del próximo mes. El domingo es el único
día en que muchos podemos ir. **Que la biblioteca siga abierta los domingos.**
"""

LIBRARY_SUMMARY = """\
*A sample campaign in a town that does not exist.*

The town wants to close its library on Sundays to save money. Sunday is the day on which most of its
visitors come: people who work during the week, and children with their grandparents.
"""

LIBRARY_SUMMARY_ES = """\
*Una campaña de muestra en una ciudad que no existe.*

La ciudad quiere cerrar su biblioteca los domingos para ahorrar. El domingo es el día en que viene
más gente: quienes trabajan entre semana, y niñas y niños con sus abuelos.
"""

LIBRARY_CALL = (
    "The Town Council decides soon. **Write to it before its meeting, or come and speak.**"
)
LIBRARY_CALL_ES = (
    "El Concejo Municipal decide pronto. **Escríbale antes de la sesión, o venga y hable.**"
)

# (title, text, the same in Spanish)
LIBRARY_REASONS = (
    (
        "Sunday is the busiest day",
        "On Sundays the reading room is full. On the other days there is a seat.",
        "El domingo es el día con más gente",
        "Los domingos la sala de lectura está llena. Los demás días hay asientos libres.",
    ),
    (
        "Closing saves little",
        "Heating and rent go on. Only four hours of one wage would be saved.",
        "Cerrar ahorra poco",
        "La calefacción y el alquiler siguen. Solo se ahorrarían cuatro horas de un sueldo.",
    ),
)

# Minutes before the meeting, and before comments close.
LIBRARY_REMINDERS = {"meeting_leads": [7 * 24 * 60, 24 * 60], "deadline_leads": [24 * 60]}

LIBRARY_COMMENT = {
    "en": {
        "title": "Write to the Town Council",
        "instructions": "Send the clerk a comment in your own words; a sentence about what the"
        " library means to you is worth more than a long text.",
        "subject": "Item 4: opening hours of the library",
        "template": "Dear members of the council,\n\nplease keep the library open on Sundays. It"
        " is the day on which my family can come.\n",
    },
    "es": {
        "title": "Escriba al Concejo Municipal",
        "instructions": "Envíe a la secretaría un comentario con sus propias palabras; una frase"
        " sobre lo que la biblioteca significa para usted vale más que un texto largo.",
        "subject": "Punto 4: horario de la biblioteca",
        "template": "Estimados miembros del concejo:\n\nmantengan la biblioteca abierta los"
        " domingos. Es el día en que mi familia puede ir.\n",
    },
}

LIBRARY_ATTEND = {
    "en": {
        "title": "Come and speak",
        "instructions": "Be there a quarter of an hour early and fill in a card at the door.",
        "script": "I live in Anytown. On Sundays I read to my grandchildren in the library."
        " Please keep it open.",
    },
    "es": {
        "title": "Venga y hable",
        "instructions": "Llegue un cuarto de hora antes y llene una tarjeta en la entrada.",
        "script": "Vivo en Anytown. Los domingos leo con mis nietos en la biblioteca. Por favor,"
        " manténganla abierta.",
    },
}
